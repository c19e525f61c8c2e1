"""An application of the tests alone: work that takes some seconds."""
