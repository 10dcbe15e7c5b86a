"""Measures of the field, with update, summary and reset."""
