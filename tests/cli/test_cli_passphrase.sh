#!/bin/bash
# The passphrase of a key: asked on a terminal without echo, never without one, and the terminal is as
# before afterwards.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/cli.sh"
need python3
cli_config
acte 2022-0160
set_key signature sign yes
set_key signature certificate "$PKI/signer.pem"
set_key signature key "$PKI/signer-enc.key"

# without a terminal there is nobody to ask
assert_exit 3 ctes check "${ACTE[@]}"
assert_not_contains "$ERR" "Passphrase of"
set_key signature passphrase_file "$PKI/signer.pass"
assert_exit 0 ctes check "${ACTE[@]}"
drop_key signature passphrase_file

cat >"$WORK/terminal.py" <<'EOF'
"""terminal.py ANSWER COMMAND...: runs it on a terminal of its own and answers the first question."""
import os, pty, signal, sys, termios

answer, command = sys.argv[1].encode(), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a job in the background inherits it ignored
    os.execvp(command[0], command)
before = termios.tcgetattr(terminal)
shown, asked = b"", False
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:  # the other side is closed
        break
    if not part:
        break
    shown += part
    if not asked and b"Passphrase of" in shown:
        asked = True
        assert not termios.tcgetattr(terminal)[3] & termios.ECHO, "the answer would be shown"
        os.write(terminal, answer)
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) if asked else 90)
EOF
on_terminal() { python3 "$WORK/terminal.py" "$1" "$CTES" --config "$CONF" check "${ACTE[@]}"; }

secret=$(cat "$PKI/signer.pass")
assert_exit 0 on_terminal "$secret
"
assert_contains "$OUT" "ready to be sent"
assert_contains "$OUT" "Passphrase of $PKI/signer-enc.key"
assert_not_contains "$OUT" "$secret" "the passphrase was shown"
assert_exit 3 on_terminal "wrong
"
assert_contains "$OUT" "does not open"
# Ctrl-C instead of an answer
assert_exit 130 on_terminal "$(printf '\003')"
