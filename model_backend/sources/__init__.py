"""Files in; pages, words and pixels out."""
