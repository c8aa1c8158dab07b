"""Lists to choose from, and what narrows them: lists, dropdowns and sliders whose keys stay their own, with the page's
part of each in a `.js` file beside it; and the choosers of images and sizes that are made of them.

How widgets of ours look, draw and take turns is in `parts`; what is chosen for is the form's or the explorer's.
"""
