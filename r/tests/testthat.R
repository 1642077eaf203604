library(testthat)
library(gradpath)

test_check("gradpath")
