"""Lists and fields beside the canvas."""
