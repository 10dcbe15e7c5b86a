"""What is painted over a page: one layer for each kind of annotation, each from values it keeps
prepared.
"""
