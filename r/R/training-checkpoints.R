# Weights and checkpoints on disk, as safetensors: tensors and text, nothing that could run when it is read.

FORMAT <- "gradpath checkpoint 1"

#' Weights on disk
#'
#' `save_weights()` writes the parameters and buffers of a model, whole or not at all; `load_weights()` reads them
#' into a model. The format is safetensors: tensors and text, nothing that could run when it is read. The other
#' language and the other engine read it too.
#'
#' @param model A module.
#' @param file Usually `*.safetensors`.
#' @return `save_weights()` gives the file, `load_weights()` the model, both invisibly. A file that is no whole
#'   safetensors file, or whose names or shapes are not the model's, is refused, and the model is left alone.
#' @export
#' @examplesIf has_engine() && (engine_info()$name == "torch" || reticulate::py_module_available("safetensors"))
#' file <- tempfile(fileext = ".safetensors")
#' save_weights(nn_linear(2, 1), file)
#' load_weights(nn_linear(2, 1), file)
save_weights <- function(model, file) {
  write_tensors(file, weights_of(model), list())
  invisible(file)
}

#' @rdname save_weights
#' @export
load_weights <- function(model, file) {
  put_weights(model, read_tensors(file)$tensors, "load_weights()", file)
  invisible(model)
}

# Parameters and buffers by name. {torch}'s batch norm counts its batches in a vector of one number where PyTorch
# has a number without dimensions, which is what files have.
weights_of <- function(model) {
  weights <- model$state_dict()
  for (name in grep("num_batches_tracked$", names(weights), value = TRUE)) {
    weights[[name]] <- weights[[name]]$squeeze()
  }
  weights
}

# Copies tensors into a model of the same names and shapes.
put_weights <- function(model, tensors, where, file) {
  own <- lapply(weights_of(model), function(tensor) as.list(dim(tensor)))
  given <- lapply(tensors, function(tensor) as.list(dim(tensor)))
  for (name in c(names(own), names(given))) {
    if (!identical(own[[name]], given[[name]])) {
      gradpath_stop(paste0(
        where, ": file: '", file, "' has ", name, " of shape ", show_value(given[[name]]), ", the model has ",
        show_value(own[[name]]), "; use a file that was saved from such a model"
      ))
    }
  }
  model$load_state_dict(tensors)
}

# Writes tensors by name, and texts beside them.
write_tensors <- function(file, tensors, texts) {
  # A channels-last parameter is stored in the order of its indices, which every reader expects.
  stored <- lapply(tensors, function(tensor) tensor$detach()$to(device = "cpu")$contiguous())
  write <- if (engine_info()$name == "torch") write_safetensors else write_safetensors_in_python
  whole_file(file, function(temporary) write(temporary, stored, texts))
}

# Reads what write_tensors() wrote: a list of the tensors and the texts.
read_tensors <- function(file) {
  read <- if (engine_info()$name == "torch") read_safetensors else read_safetensors_in_python
  problem <- read_problem(file)
  if (!is.null(problem)) {
    gradpath_stop(paste0(file, ": cannot be read: ", problem, "; use a whole safetensors file"))
  }
  tryCatch(
    suppressWarnings(read(file)),
    error = function(e) gradpath_stop(paste0(file, ": cannot be read; use a whole safetensors file"))
  )
}

# Why the bytes of a file cannot be read, whatever they are; NULL if they can.
read_problem <- function(file) {
  if (dir.exists(file)) {
    return("it is a folder")
  }
  if (!file.exists(file)) {
    return("there is no such file")
  }
  if (file.access(file, 4) != 0) {
    return("permission is denied")
  }
  tryCatch(
    {
      readBin(file, "raw", 1)
      NULL
    },
    # R ends with the system's reason: cannot open file '...': Input/output error.
    warning = function(w) sub(".*: ", "", conditionMessage(w)),
    error = function(e) sub(".*: ", "", conditionMessage(e))
  )
}

write_safetensors <- function(file, tensors, texts) {
  safetensors::safe_save_file(tensors, file, metadata = if (length(texts)) texts)
}

# The same with engine 'pytorch', through Python's package of that name.
write_safetensors_in_python <- function(file, tensors, texts) {
  from_python(.py$write_tensors(path.expand(file), tensors, texts))
}

read_safetensors_in_python <- function(file) {
  read <- from_python(.py$read_tensors(path.expand(file)))
  list(tensors = read[[1]], texts = read[[2]])
}

read_safetensors <- function(file) {
  header <- read_header(file)
  tensors <- safetensors::safe_load_file(file, framework = "torch")
  list(tensors = stats::setNames(as.list(tensors), names(tensors)), texts = header[["__metadata__"]])
}

DTYPE_BYTES <- c(F64 = 8, F32 = 4, F16 = 2, BF16 = 2, I64 = 8, I32 = 4, I16 = 2, I8 = 1, U8 = 1, BOOL = 1)

# What stands above the tensors. The package believes the header: what it says about shapes and places is held
# against the file first, so that nothing outside of the file is read.
read_header <- function(file) {
  size <- file.size(file)
  connection <- file(file, "rb")
  on.exit(close(connection))
  length <- sum(readBin(connection, "integer", 8, size = 1, signed = FALSE) * 256^(0:7))
  stopifnot(is.finite(size), length + 8 <= size)
  header <- jsonlite::parse_json(rawToChar(readBin(connection, "raw", length)))
  # A list without names is no header, however short.
  stopifnot(is.list(header), !is.null(names(header)), !anyDuplicated(names(header)))
  ends <- vapply(header[names(header) != "__metadata__"], FUN.VALUE = 1, function(entry) {
    bytes <- prod(as.numeric(unlist(entry$shape))) * DTYPE_BYTES[[entry$dtype]]
    offsets <- as.numeric(unlist(entry$data_offsets))
    stopifnot(length(offsets) == 2, offsets[[1]] >= 0, offsets[[2]] - offsets[[1]] == bytes)
    offsets[[2]]
  })
  stopifnot(max(0, ends) == size - length - 8)
  header
}

CHECKPOINT_PARTS <- c("model", "updates", "rng", "results")

# Writes a checkpoint, where a training run stands after an epoch, over the last one, whole or not at all. It is a
# list: `settings`, everything that the numbers of the run depend on; and tensors by name: `model`, parameters and
# buffers; `updates`, the optimizer's state; `rng`, the states of the random number generators, from which the
# order of the data and dropout follow; `results`, the columns of the table so far, in float64.
save_checkpoint <- function(file, checkpoint) {
  parts <- lapply(CHECKPOINT_PARTS, function(part) {
    tensors <- checkpoint[[part]]
    stats::setNames(tensors, sprintf("%s/%s", part, names(tensors)))
  })
  texts <- list(format = FORMAT, settings = settings_json(checkpoint$settings))
  write_tensors(file, do.call(c, parts), texts)
}

# Reads a checkpoint of a run with these settings; a file that is none, or one of a run with other settings, is
# refused: the first of them that differs is named.
load_checkpoint <- function(file, settings) {
  where <- paste0("train_network(): checkpoint: '", file, "'")
  settings <- parse_settings(settings_json(settings))
  problem <- read_problem(file)
  if (!is.null(problem)) {
    gradpath_stop(paste0(where, " cannot be read: ", problem, "; use a file that can be read, or another name"))
  }
  read <- tryCatch(read_tensors(file), gradpath_error = function(e) {
    gradpath_stop(paste0(where, " is damaged, or not a checkpoint of gradpath; delete it or use another file"))
  })
  known <- tryCatch(parse_settings(read$texts$settings), error = function(e) NULL)
  # Somebody's weights, perhaps: nothing to delete.
  if (!identical(read$texts$format, FORMAT) || is.null(known)) {
    gradpath_stop(paste0(where, " holds tensors, but is not a checkpoint of gradpath; use another file"))
  }
  for (field in union(names(settings), names(known))) {
    if (!same_setting(known[[field]], settings[[field]])) {
      gradpath_stop(paste0(
        where, " was made with ", field, " ", show_value(known[[field]]), ", this run has ",
        show_value(settings[[field]]), "; use the same settings, or another file"
      ))
    }
  }
  part <- sub("/.*", "", names(read$tensors))
  names(read$tensors) <- sub("^[^/]*/", "", names(read$tensors))
  c(list(settings = known), lapply(stats::setNames(nm = CHECKPOINT_PARTS), function(p) read$tensors[part == p]))
}

# Settings as text. Numbers keep all their digits, so that what is read equals what was written.
settings_json <- function(settings) {
  jsonlite::toJSON(exact_numbers(settings), auto_unbox = TRUE, null = "null", json_verbatim = TRUE)
}

exact_numbers <- function(value) {
  if (is.list(value)) {
    return(lapply(value, exact_numbers))
  }
  if (is.numeric(value) && is.finite(value)) structure(sprintf("%.17g", value), class = "json") else value
}

parse_settings <- function(text) jsonlite::parse_json(text)

# Whether two settings are the same, however their numbers are stored and their fields are ordered.
same_setting <- function(one, other) {
  if (is.list(one) && is.list(other)) {
    return(length(one) == length(other) && setequal(names(one), names(other)) &&
             all(mapply(same_setting, one, if (is.null(names(one))) other else other[names(one)])))
  }
  if (is.numeric(one) && is.numeric(other)) one == other else identical(one, other)
}

# What tells these data from others: a hash of the bytes of samples and targets. It is exact, and the same for every
# layout, device and number of threads; in Python too, where classes count from 0.
data_fingerprint <- function(data) {
  y <- if (dtype_name(data$y) == "int64") data$y - 1L else data$y
  hashes <- vapply(list(data$x, y), FUN.VALUE = "", function(tensor) {
    # Bytes in the order of the indices.
    substr(cli::hash_raw_sha256(tensor_bytes(tensor$detach()$to(device = "cpu")$contiguous())), 1, 16)
  })
  paste(hashes, collapse = " ")
}

tensor_bytes <- function(tensor) {
  if (engine_info()$name == "pytorch") .py$bytes_of(tensor) else torch::buffer_from_torch_tensor(tensor)
}

# The states of the generators that a run on this device draws from.
rng_state <- function(device) {
  cuda <- if (device$type == "cuda") list(cuda = cuda_get_rng_state(device$index %||% 0))
  c(list(cpu = torch_get_rng_state()), cuda)
}

# Goes on drawing from these states.
set_rng_state <- function(states, device) {
  torch_set_rng_state(states$cpu)
  if (device$type == "cuda") cuda_set_rng_state(states$cuda, device$index %||% 0)
}
