# A tensor made from a matrix with one row or column, of the tensor's own type, is a view on the matrix.
library(torch)

column <- matrix(c(0.2, -1.3, -0.5), ncol = 1)
x <- torch_tensor(column, dtype = torch_float64())
invisible(x$add_(10)) # the tensor is changed, the matrix is not touched
cat("right: 0.2 -1.3 -0.5\nfound:", column, "\n")
# Without a name for the matrix its memory is given back, and the tensor shows whatever comes to lie there.
made <- lapply(1:500, function(i) torch_tensor(matrix(c(0.2, -1.3, -0.5), ncol = 1), dtype = torch_float64()))
invisible(gc())
again <- lapply(1:5000, function(i) c(i, i, i) / 7) # uses the memory again
lost <- sum(!vapply(made, function(x) identical(as.numeric(x), c(0.2, -1.3, -0.5)), TRUE))
cat("right: 0 of 500 lost after gc()\nfound:", if (lost > 0) "many" else 0, "of 500 lost\n")
if (identical(c(column), c(0.2, -1.3, -0.5))) stop("the finding no longer holds")
