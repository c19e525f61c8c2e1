"""The project's own scripts, run by make; only the standard library, so that they work before anything is installed."""
