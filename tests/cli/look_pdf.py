#!/usr/bin/env python3
"""Looks at a stamped PDF as poppler paints it: look_pdf.py ORIGINAL STAMPED CORNER [PAGES].

On each page (or only the first PAGES, the others being the same) all that differs is a box of the
stamp's shape in that corner of what is seen; CORNER is its place in percent, "100 0" for the right
top one. Prints what is wrong, or the number of pages.
"""
import subprocess
import sys

DPI = 72  # a pixel is a point
MARGIN, WIDTH, HEIGHT = 14, 190, 55


def painted(path):
    """The pages as (width, height, bytes), grey."""
    data = subprocess.run(["pdftoppm", "-q", "-gray", "-cropbox", "-r", str(DPI), path],
                          stdout=subprocess.PIPE, check=True).stdout
    pages, at = [], 0
    while at < len(data):
        magic, size, depth, _ = data[at:at + 40].split(b"\n", 3)
        width, height = map(int, size.split())
        at += len(magic) + len(size) + len(depth) + 3
        pages.append((width, height, data[at:at + width * height]))
        at += width * height
    return pages


def difference(before, after):
    """The box of the pixels that differ, or None."""
    width, height, one = before
    _, _, other = after
    rows = [y for y in range(height)
            if one[y * width:(y + 1) * width] != other[y * width:(y + 1) * width]]
    if not rows:
        return None
    columns = [x for x in range(width) if one[x::width] != other[x::width]]
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def complaint(width, height, box, across, down):
    """What is wrong with a stamp in this box, or None. It is smaller where the page is small or its
    unit larger, but keeps its shape."""
    x0, y0, x1, y1 = box
    scale = (x1 - x0) / WIDTH
    if scale > 1.02 or scale < 0.45 or abs((y1 - y0) - HEIGHT * scale) > 2:
        return "is %dx%d" % (x1 - x0, y1 - y0)
    free_x, free_y = width - (x1 - x0), height - (y1 - y0)
    for name, free, start, part in (("x", free_x, x0, across), ("y", free_y, y0, down)):
        wanted = [margin + (free - 2 * margin) * part / 100 for margin in (MARGIN, MARGIN / 2)]
        if min(abs(start - place) for place in wanted) > 2:
            return "%s is %d of %d" % (name, start, free)
    return None


def main():
    before, after = painted(sys.argv[1]), painted(sys.argv[2])
    across, down = map(int, sys.argv[3].split())
    stamped = int(sys.argv[4]) if len(sys.argv) > 4 else len(before)
    failures = [] if len(before) == len(after) else ["%d pages" % len(after)]
    for number, (one, other) in enumerate(zip(before, after), 1):
        box = difference(one, other) if one[:2] == other[:2] else (0, 0, 0, 0)
        if box is None or number > stamped:
            wrong = None if (box is None) == (number > stamped) else "is there or is not"
        else:
            wrong = complaint(one[0], one[1], box, across, down)
        if wrong:
            failures.append("page %d: the stamp %s (%s of %dx%d)" % ((number, wrong, box) + one[:2]))
    print("\n".join(failures) or len(after))
    return bool(failures)


sys.exit(main())
