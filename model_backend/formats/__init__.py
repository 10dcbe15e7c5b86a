"""Data set formats: one module each, in which read and write are inverses."""
