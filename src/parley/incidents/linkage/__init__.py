"""Record linkage: which reports speak of one happening, and why. Numbers in, numbers out; nothing is read here.

columns     reports as columns of integers                 names     spellings of places → keys
window      which pairs are near enough to be compared     crowds      parts of what is too near to compare whole
blocking    how they are found, by finders                 weights   what each level of a field weighs
comparison  how alike a pair is, field by field            gains     how near a pair must be to weigh more than 0
usable      each report's best pairs, cut by what is said  assignment  one component → incidents, exactly
clusters    all of it together: columns → incidents        kept      pairs and components, kept up report by report
"""
