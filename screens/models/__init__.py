"""Typed view models: what QML may read, and the intents it may send. No decision is made here."""
