package dev.retain.compiler.bytecode;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.util.Textifier;
import org.objectweb.asm.util.TraceClassVisitor;

/** A class file as text. */
public final class ClassDump {
  private ClassDump() {}

  /** The instructions, lines and local names of a class file. */
  public static String text(byte[] classFile) {
    StringWriter text = new StringWriter();
    TraceClassVisitor trace = new TraceClassVisitor(null, new Textifier(), new PrintWriter(text));
    new ClassReader(classFile).accept(trace, 0);
    return text.toString();
  }
}
