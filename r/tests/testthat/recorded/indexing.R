# Positions count from 1, negative ones from the end; ranges, masks, lists; assignment.
x <- torch_tensor(matrix(c(1, 2, 3, 4, 5.5, 6), 2))
i <- torch_tensor(1:6)
d <- torch_tensor(c(5.1, 2.3), dtype = torch_float64())
x[1, 2]
x[1]
x[, 1]
x[2, ]
x[1, 2:3]
x[-1, ]
x[1, -1]
x[1, drop = FALSE]$shape
x[, c(1, 3)]
x[c(1, 2), c(1, 3)]
x[x > 2]
x[c(TRUE, FALSE), ]
x[.., 1]
x[newaxis, ..]$shape
x[, 2:N]
d[1]
d[2]
x[, 1:3:2]
i[torch_tensor(c(2L, 4L))]
x[1, 2:-1]
i[-2]
i[c(-1, 2)]
x[2:2, ]$shape
k <- 2
x[, k]
ks <- 1:2
x[, ks]
y <- torch_zeros(2, 3)
y[1, 2] <- 5
y
y[2, ] <- torch_ones(3)
y
y[, 1:2] <- 9
y
y[1, ] <- c(1, 2, 3)
y
y[y > 5] <- 0
y
