"""Background work: a future in, a call on the window's thread out."""
