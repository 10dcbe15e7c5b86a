"""The open project: edits, history, selection."""
