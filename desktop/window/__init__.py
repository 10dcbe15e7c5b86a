"""The main window and the table of actions."""
