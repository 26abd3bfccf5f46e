"""`python -m upwind`: the same as `upwind`."""

import sys

from upwind.cli import main

sys.exit(main())
