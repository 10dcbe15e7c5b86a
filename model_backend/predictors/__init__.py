"""Models with their pre- and postprocessing: pages in, proposals out."""
