# A number on the left of a float64 tensor is made a float32 first; on the right it is not.
library(torch)

x <- torch_tensor(c(1, 2), dtype = torch_float64())
right <- (x * 3.7)[1]$item()
found <- (3.7 * x)[1]$item()
cat(sprintf("right: %.16f\nfound: %.16f\n", right, found))
difference <- (1 - x[1])$dtype
is_float64 <- difference == torch_float64()
cat("right: float64\nfound:", if (is_float64) "float64" else "another type", "\n")
if (found == right || is_float64) stop("the finding no longer holds")
