/** The version whose library the workbench is tested with. */
export const tensorflowVersion = '2.21.0'

export const libraryNames = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']
