"""How the window looks: colours for light and dark, icons, the signs of a page's status."""
