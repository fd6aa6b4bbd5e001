"""`python -m crawler`, the same as the console script `tearsheet`."""

import sys

from crawler.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
