"""Fixtures of the tests with widgets."""

from __future__ import annotations

from canvas_stand import stand

__all__ = ["stand"]
