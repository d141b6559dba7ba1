print('Mill report')
