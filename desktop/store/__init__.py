"""The project's database."""
