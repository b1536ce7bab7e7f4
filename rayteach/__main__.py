"""``python -m rayteach`` is ``rayteach``."""

import sys

from rayteach.cli import main

if __name__ == "__main__":
    sys.exit(main())
