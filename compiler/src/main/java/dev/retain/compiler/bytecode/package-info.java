/**
 * Class files from loop programs: the only package that knows the class file format.
 *
 * <p>Enters: {@link dev.retain.compiler.loops.Kernel}s, which are verified first. Leaves: class
 * files, the same bytes for the same kernels. Never done here: a choice. Widths, tiles and the
 * order of operations are the loop program's.
 */
package dev.retain.compiler.bytecode;
