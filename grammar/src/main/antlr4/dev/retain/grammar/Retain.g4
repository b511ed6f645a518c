grammar Retain;

file : EOF ;

BLANK : [ \t\r\n]+ -> skip ;
