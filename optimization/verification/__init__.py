"""The independent checker of plans: every hard rule stated again, before a plan is stored.

It shares no code with the model, the candidates or `scheduling.rules`, so that a fault there is found here. It reads
values only, the siblings' snapshot and the document, and has constants and arithmetic of its own.
"""
