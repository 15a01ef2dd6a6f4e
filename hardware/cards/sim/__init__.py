"""Emulated cards and a private PC/SC service to put them in: for demonstrations, training and tests."""
