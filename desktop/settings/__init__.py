"""One table of settings and the file that keeps them."""
