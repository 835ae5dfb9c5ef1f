"""`python -m track_skills`: the command `track-skills`."""

import sys

from track_skills.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
