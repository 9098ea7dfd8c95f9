"""A small SVG of panels: bars, or lines over a number of acts that grows tenfold a step."""
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, TOP, GAP = 420, 260, 60, 44, 56
COLOURS = {"ctes": "#1b5e9c", "together": "#17a2a2", "floor": "#d2691e", "floor+": "#3a8a4d",
           "python": "#7a4fa3", "scripted": "#8a8a8a"}
PER_ROW = 3


def number(value):
    if value >= 1000:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def text(x, y, content, anchor="start", size=11, colour="#222"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"'
            f' fill="{colour}">{escape(content)}</text>')


def line(x1, y1, x2, y2, colour="#ddd", width=1.0):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"'
            f' stroke-width="{width}"/>')


def ceiling(value):
    """The next round number: 1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(value)) if value > 0 else 1
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


def frame(x0, y0, title, top):
    out = [text(x0, y0 - 20, title, size=13)]
    for step in range(5):
        y = y0 + HEIGHT - HEIGHT * step / 4
        out += [line(x0, y, x0 + WIDTH, y), text(x0 - 6, y + 4, number(top * step / 4), "end", 10)]
    return out


def bars(x0, y0, title, values):
    """values: [(label, value)]; heights on a scale of tens, because they differ by that much."""
    low = math.floor(math.log10(min(value for _, value in values)))
    high = max(low + 1, math.ceil(math.log10(max(value for _, value in values))))
    out = [text(x0, y0 - 20, title, size=13)]
    for power in range(low, high + 1):
        y = y0 + HEIGHT - HEIGHT * (power - low) / (high - low)
        out += [line(x0, y, x0 + WIDTH, y), text(x0 - 6, y + 4, number(10.0 ** power), "end", 10)]
    step = WIDTH / len(values)
    for i, (label, value) in enumerate(values):
        height = HEIGHT * (math.log10(value) - low) / (high - low)
        x, y = x0 + i * step + step * 0.2, y0 + HEIGHT - height
        out += [f'<rect x="{x:.1f}" y="{y:.1f}" width="{step * 0.6:.1f}" height="{height:.1f}"'
                f' fill="{COLOURS[label]}"/>',
                text(x + step * 0.3, y - 5, number(value), "middle"),
                text(x + step * 0.3, y0 + HEIGHT + 16, label, "middle", 10)]
    return out


def lines(x0, y0, title, series, limit=None):
    """series: {label: [(acts, value)]}; `limit`: (label, value) of a line not to pass."""
    points = [point for row in series.values() for point in row]
    top = ceiling(max([value for _, value in points] + ([limit[1]] if limit else [])) * 1.05)
    first, last = (f(math.log10(acts) for acts, _ in points) for f in (min, max))
    span = last - first or 1

    def place(acts, value):
        return (x0 + WIDTH * ((math.log10(acts) - first) / span * 0.92 + 0.04),
                y0 + HEIGHT - HEIGHT * value / top)

    out = frame(x0, y0, title, top)
    for acts in sorted({acts for acts, _ in points}):
        out.append(text(place(acts, 0)[0], y0 + HEIGHT + 16, number(acts), "middle", 10))
    if limit:
        y = place(10 ** first, limit[1])[1]
        out += [line(x0, y, x0 + WIDTH, y, "#b03060", 1.5),
                text(x0 + WIDTH, y - 4, limit[0], "end", 10, "#b03060")]
    for i, (label, row) in enumerate(series.items()):
        colour = COLOURS[label]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in sorted(row)))
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for point in row:
            x, y = place(*point)
            out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')
        out.append(text(x0 + 8 + i * 90, y0 + HEIGHT + 34, "— " + label, size=11,
                        colour=colour))
    return out


def write(path, title, panels):
    """panels: functions of (x0, y0), drawn three in a row."""
    rows, columns = -(-len(panels) // PER_ROW), min(len(panels), PER_ROW)
    across, down = WIDTH + LEFT + GAP // 2, HEIGHT + TOP + GAP
    width, height = columns * across + GAP // 2, rows * down + TOP
    body = [text(LEFT, 22, title, size=15)]
    for i, panel in enumerate(panels):
        body += panel(LEFT + i % PER_ROW * across, TOP * 2 + i // PER_ROW * down)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
                   f' width="{width}" height="{height}" font-family="sans-serif">\n'
                   f'<rect width="{width}" height="{height}" fill="#fff"/>\n'
                   + "\n".join(body) + "\n</svg>\n")
