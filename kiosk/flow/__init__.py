"""Walks a resident through a service: pure functions from one frozen state to the next."""

from kiosk.flow.state import Consent, Filled, FlowState, Problem, Refused, ReviewGroup, ReviewItem

__all__ = ["Consent", "Filled", "FlowState", "Problem", "Refused", "ReviewGroup", "ReviewItem"]
