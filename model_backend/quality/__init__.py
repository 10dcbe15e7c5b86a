"""Checks of annotations and of exported data sets."""
