"""Make everything that running needs: the virtual environment and the built viewer. `make build`."""

import sys

from tools.errors import ToolError
from tools.front_end import prepare_front_end
from tools.python_environment import prepare_python


def main() -> int:
    try:
        prepare_python(development=False)
        prepare_front_end()
    except ToolError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
