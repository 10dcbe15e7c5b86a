"""The page and its annotations, drawn and edited."""
