"""How a model learns to speak: texts, what they sound like, lessons, training and the exam.

The voice depends on the text alone, so it is trained apart from everything else.
"""
