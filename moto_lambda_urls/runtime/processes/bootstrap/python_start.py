"""The program of functions in Python: imports their runtime, which Python keeps compiled, as it does not a program."""

if __name__ == "__main__":
    import os
    import sys

    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, folder)
    import python_runtime  # type: ignore[import-not-found]  # a module beside this program, not of a package

    python_runtime.main(folder)
