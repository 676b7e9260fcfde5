"""Record linkage: which reports speak of one happening, and why. Numbers in, numbers out; nothing is read here.

columns     reports as columns of integers                 names     spellings of places → keys
blocking    which pairs are compared                       weights   what each level of a field weighs
comparison  how alike a pair is, field by field            assignment  one component → incidents, exactly
clusters    all of it together: columns → incidents
"""
