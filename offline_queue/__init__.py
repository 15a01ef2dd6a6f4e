"""Sealed submissions that reach the portal whenever the line is up."""
