# SPDX-License-Identifier: Apache-2.0
"""Bitwuzla's Python package behind the interactive command line that smtbmc speaks to.

smtbmc's `--noincr` sends a whole problem up to one `(check-sat)`, then asks for values; push and
pop do not occur.
"""

import sys


def main() -> int:
    """Answer SMT-LIB 2 commands from standard input until it ends; return the exit status."""
    if "--help" in sys.argv:
        print("--lang smt2: SMT-LIB 2 commands on standard input")
        return 0
    import bitwuzla

    options = bitwuzla.Options()
    options.set(bitwuzla.Option.PRODUCE_MODELS, True)
    parser = bitwuzla.Parser(bitwuzla.TermManager(), options)
    pending: list[str] = []
    solved = False
    for line in sys.stdin:
        pending.append(line)
        solved = solved or line.startswith("(check-sat")
        if not solved or line.startswith(";") or "".join(pending).count("(") > _closed(pending):
            continue
        try:
            parser.parse("".join(pending), False, False)
        except bitwuzla.BitwuzlaException as error:
            print(f'(error "{error}")', flush=True)
            return 1
        pending.clear()
        sys.stdout.flush()
    return 0


def _closed(lines: list[str]) -> int:
    return "".join(lines).count(")")


if __name__ == "__main__":
    sys.exit(main())
