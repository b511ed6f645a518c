package dev.retain.compiler.names;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.syntax.Declaration.FunctionDeclaration;
import dev.retain.compiler.syntax.Declaration.LayerDeclaration;
import dev.retain.compiler.syntax.Name;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the names inside one declaration stand for, line by line. */
final class BodyNames {
  /** What a name of the body stands for. */
  enum Kind {
    HYPERPARAMETER("a hyperparameter"),
    FUNCTION("a function"),
    AXIS("an axis"),
    VALUE("a value"),
    STATE("a state"),
    POSITION("a position"),
    LAYER("a layer");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /**
   * @param layer for a layer, when it is known
   * @param choices for a hyperparameter that stands for one of several functions
   */
  record Local(
      Kind kind, Span span, Optional<LayerDeclaration> layer, List<FunctionDeclaration> choices) {
    /** Whether it is never called, so that a built-in function of its name can be. */
    boolean isValue() {
      return kind != Kind.LAYER && kind != Kind.FUNCTION;
    }

    /** Whether a value can have it for an axis. */
    boolean isAxis() {
      return kind == Kind.AXIS || kind == Kind.HYPERPARAMETER;
    }

    static Local of(Kind kind, Name name) {
      return new Local(kind, name.span(), Optional.empty(), List.of());
    }
  }

  private final Diagnostics diagnostics;
  private final Map<String, Local> locals = new LinkedHashMap<>();
  private final Map<String, Span> later = new LinkedHashMap<>();
  private final Set<String> unknown = new HashSet<>();

  /** In a form, the names that mean something within a block only. */
  private final Set<String> hidden = new HashSet<>(Set.of("length", "chunk"));

  BodyNames(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
  }

  Optional<Local> find(String name) {
    return Optional.ofNullable(locals.get(name));
  }

  /** What a call of that name calls: a value does not stand before a built-in function. */
  Optional<Local> findCalled(String name) {
    return find(name).filter(local -> !(local.isValue() && Builtins.names().contains(name)));
  }

  boolean isAxis(String name) {
    return find(name).filter(Local::isAxis).isPresent();
  }

  List<String> all() {
    return List.copyOf(locals.keySet());
  }

  List<String> axes() {
    return locals.keySet().stream().filter(this::isAxis).toList();
  }

  List<String> layers() {
    return locals.keySet().stream().filter(name -> locals.get(name).kind() == Kind.LAYER).toList();
  }

  void declare(Name name, Kind kind) {
    declare(name, Local.of(kind, name));
  }

  void declare(Name name, Local local) {
    Local other = locals.putIfAbsent(name.text(), local);
    if (other != null) {
      diagnostics
          .error(Code.DECLARED_TWICE, name.span(), "`" + name + "` is declared twice")
          .help("every name is bound once; give this one another name")
          .note(other.span(), "it is first declared here, as " + other.kind().words());
    }
  }

  /** Takes a name over from the declaration that this one belongs to. */
  void inherit(Name name, Kind kind) {
    locals.putIfAbsent(name.text(), Local.of(kind, name));
  }

  /** Notes that the name is declared somewhere below. */
  void announce(Name name) {
    later.putIfAbsent(name.text(), name.span());
  }

  /** Notes that the name means something within a block only. */
  void hide(Name name) {
    hidden.add(name.text());
  }

  boolean isHidden(String name) {
    return hidden.contains(name);
  }

  /** What is declared meanwhile is forgotten. */
  void within(Runnable check) {
    Map<String, Local> outside = new LinkedHashMap<>(locals);
    check.run();
    locals.clear();
    locals.putAll(outside);
  }

  /** Without the names that mean something within a block only. */
  void betweenBlocks(Runnable check) {
    within(() -> {
      hidden.forEach(locals::remove);
      check.run();
    });
  }

  /** Each unknown name is reported once, where it is first used. */
  void unknown(String name, Span span, String message, String help) {
    if (!unknown.add(name)) {
      return;
    }
    Span below = later.get(name);
    if (below == null) {
      diagnostics.error(Code.UNKNOWN_NAME, span, message).help(help);
    } else {
      diagnostics
          .error(Code.UNKNOWN_NAME, span, "`" + name + "` is used before it is declared")
          .help("move its declaration above this line")
          .note(below, "it is declared here");
    }
  }

  /** What to do about a name that is nowhere. */
  static String importing(String name) {
    return StandardLibrary.declaring(name)
        .map(file -> "`import " + file + "` brings it")
        .orElse("declare it, or import the file that does");
  }
}
