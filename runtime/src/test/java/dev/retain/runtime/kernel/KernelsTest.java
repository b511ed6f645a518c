package dev.retain.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KernelsTest {
  private static final String NAME = "dev.retain.made.Nothing";
  private static final MethodTypeDesc NO_ARGUMENTS = MethodTypeDesc.of(ConstantDescs.CD_void);
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(
          ConstantDescs.CD_void,
          ConstantDescs.CD_long.arrayType(),
          ConstantDescs.CD_int,
          ConstantDescs.CD_int,
          ConstantDescs.CD_int,
          ConstantDescs.CD_int);

  private final Kernels kernels = new Kernels(Map.of(NAME, nothing()));

  /** A kernel that does nothing. */
  private static byte[] nothing() {
    return ClassFile.of()
        .build(
            ClassDesc.of(NAME),
            made ->
                made.withInterfaceSymbols(ClassDesc.of(Kernel.class.getName()))
                    .withMethodBody(
                        ConstantDescs.INIT_NAME,
                        NO_ARGUMENTS,
                        ClassFile.ACC_PUBLIC,
                        code ->
                            code.aload(0)
                                .invokespecial(
                                    ConstantDescs.CD_Object, ConstantDescs.INIT_NAME, NO_ARGUMENTS)
                                .return_())
                    .withMethodBody("run", RUN, ClassFile.ACC_PUBLIC, code -> code.return_())
                    .withFlags(ClassFile.ACC_PUBLIC));
  }

  @Test
  void isOneForAll() {
    Kernel kernel = kernels.kernel(NAME);

    assertThat(kernels.kernel(NAME)).isSameAs(kernel);
    kernel.run(new long[0], 1, 1, 0, 1);
  }

  /** Programs that are bound later have the better one, and so has who finds the bad one late. */
  @Test
  void anotherClassIsForAllFromThenOn() {
    Kernel bad = kernels.kernel(NAME);

    Kernel other = kernels.insteadOf(bad).orElseThrow();

    assertThat(other.getClass()).isNotEqualTo(bad.getClass());
    assertThat(other.getClass().getName()).isEqualTo(NAME);
    assertThat(kernels.kernel(NAME)).isSameAs(other);
    assertThat(kernels.insteadOf(bad)).containsSame(other);
    assertThat(kernels.insteadOf(other).orElseThrow()).isNotSameAs(other);
    other.run(new long[0], 1, 1, 0, 1);
  }

  @Test
  void whatIsNoneOfTheirsStays() {
    assertThat(kernels.insteadOf((addresses, batch, time, worker, workers) -> {})).isEmpty();
  }
}
