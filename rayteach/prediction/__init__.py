"""Predict, then reveal: questions to a learner, their answers, and what was so.

Answers are plain values, so that the same ones come from a widget, from typed
text and from code.
"""

from rayteach.prediction.prediction import Host, Prediction

__all__ = ["Host", "Prediction"]
