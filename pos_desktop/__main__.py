"""``python -m pos_desktop`` is the same as the command ``pos-desktop``."""

import sys

from pos_desktop.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
