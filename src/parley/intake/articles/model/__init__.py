"""The user's own language model as a second proposer beside the rules: off unless asked for, and never believed.

endpoint   one request to an OpenAI-compatible address, with limits of time and size
prompt     the two questions, the closed lists, and the article's text marked as data
answers    what comes back → proposals that pass every check, and what is refused
asking     both questions of one article → a `ModelAnswer` for the record
probe      whether a model can be used at all: names exchanged, lists reordered, instructions in the text

The model gets no tools, no memory and no other document. Nothing that it returns is shown to a model again, its
proposals wait for people like those of the rules, and a centre without it lacks nothing.
"""
