"""Mainland second-generation identity cards and residence permits, through a SAM module on a serial line."""
