package dev.retain.runtime.files;

import dev.retain.runtime.RetainException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A file that cannot be read or written; the message names it and says why. */
public final class FileException extends RetainException {
  private static final long serialVersionUID = 1L;

  FileException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A file that could not be read. */
  public static FileException reading(Path file, IOException cause) {
    return new FileException("cannot read " + file + ": " + reason(cause), cause);
  }

  private static String reason(IOException cause) {
    return switch (cause) {
      case NoSuchFileException _ -> "there is no such file; check the path";
      case AccessDeniedException _ -> "permission denied; check the file's rights";
      case FileSystemException e when e.getReason() != null -> e.getReason();
      case IOException e -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  static FileException writing(Path file, String why, IOException cause) {
    return new FileException("cannot write " + file + ": " + why, cause);
  }

  /** A file or folder cannot be written. */
  public static FileException writing(Path file, IOException cause) {
    return writing(file, reason(cause), cause);
  }
}
