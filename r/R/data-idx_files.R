# Reads IDX files, the format in which MNIST and its relatives are handed out.

#' Read an IDX file of unsigned bytes
#'
#' @param path A plain file, or one compressed by gzip (its name then ends in `.gz`).
#' @return A uint8 tensor of the shape that the file states. A file that is missing, not an IDX file of unsigned
#'   bytes, or shorter or longer than it states stops with one line that names it.
#' @source The format is described with the MNIST database of LeCun, Cortes and Burges.
#' @export
#' @examplesIf has_engine()
#' file <- tempfile()
#' writeBin(as.raw(c(0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9)), file)
#' read_idx(file)
read_idx <- function(path) {
  content <- idx_content(path)
  head_size <- 4 + 4 * count_dimensions(path, utils::head(content, 4))
  whole <- length(content) >= head_size
  shape <- if (whole) big_endian(content[5:head_size]) else numeric()
  if (whole && prod(shape) == 0) {
    stated <- paste(sprintf("%.15g", shape), collapse = " x ")
    gradpath_stop(paste0(path, ": states that it holds ", stated, " numbers; use a file that holds some"))
  }
  expected <- head_size + prod(shape)
  if (!whole || length(content) != expected) {
    stated <- if (whole) {
      paste0(count_text(expected), " bytes for ", paste(sprintf("%.15g", shape), collapse = " x "))
    } else {
      paste(head_size, "bytes for its head")
    }
    gradpath_stop(paste0(path, ": has ", count_text(length(content)), " bytes; use a whole file, ", stated))
  }
  bytes_tensor(content[-seq_len(head_size)], shape)
}

# The number of dimensions, as the first four bytes state it.
count_dimensions <- function(path, magic) {
  if (length(magic) < 4 || !identical(as.integer(magic[1:3]), c(0L, 0L, 8L)) || magic[[4]] == 0) {
    shown <- if (length(magic)) paste(magic, collapse = " ") else "none"
    gradpath_stop(paste0(
      path, ": begins with the bytes ", shown,
      "; use an IDX file of unsigned bytes, 00 00 08 and the number of dimensions"
    ))
  }
  as.integer(magic[[4]])
}

# A uint8 tensor of a shape, whose memory is its own.
bytes_tensor <- function(bytes, shape) {
  torch_tensor_from_buffer(bytes, as.integer(shape), "uint8")$clone()
}

big_endian <- function(bytes) {
  colSums(matrix(as.numeric(as.integer(bytes)), 4) * 256^(3:0))
}

count_text <- function(n) format(n, big.mark = ",", scientific = FALSE, trim = TRUE)

# All bytes of a file, decompressed where its name says so.
idx_content <- function(path) {
  refuse_unreadable(path, "use an IDX file")
  if (!grepl("\\.gz$", path)) {
    return(readBin(path, "raw", file.size(path)))
  }
  tryCatch(
    gzip_content(path),
    warning = function(w) refuse_gzip(path),
    error = function(e) refuse_gzip(path)
  )
}

# Refuses what is no file that can be read: one that is missing, a folder, one without permission.
refuse_unreadable <- function(path, accepted) {
  if (!is_text(path) || !file.exists(path) || dir.exists(path) || file.access(path, 4) != 0) {
    gradpath_stop(paste0(if (is_text(path)) path else show_value(path), ": cannot be read; ", accepted))
  }
}

refuse_gzip <- function(path) {
  gradpath_stop(paste0(path, ": cannot be decompressed; use a whole file compressed by gzip"))
}

# R reads what is there of a truncated file and says nothing; how long it should be stands in its last four bytes.
gzip_content <- function(path) {
  packed <- readBin(path, "raw", file.size(path))
  if (length(packed) < 18 || any(packed[1:2] != as.raw(c(0x1f, 0x8b)))) {
    stop("no gzip file")
  }
  stated <- big_endian(rev(utils::tail(packed, 4)))
  connection <- gzfile(path, "rb")
  on.exit(close(connection))
  # A truncated file may state any length, so it is read in pieces: as much as there is.
  pieces <- list()
  repeat {
    piece <- readBin(connection, "raw", 2^24)
    if (length(piece) == 0) break
    pieces <- c(pieces, list(piece))
  }
  content <- do.call(c, pieces)
  if (length(content) != stated) {
    stop("truncated")
  }
  content
}
