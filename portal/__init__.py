"""The reference back end of the kiosks."""
